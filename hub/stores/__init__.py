"""Stores: who they are, their enrolment, what each is told of itself."""

"""Tests of OMO Hub; never shipped."""

"""Pole displays: the sign on the till that faces the customer; a page for a second screen is the till's own.

A display says nothing back: what it shows is sent again every few seconds, so that one which lost its power
shows the truth again by itself, and a line that broke is noticed.
"""

"""Runs functions as local processes: the life cycle of execution environments and their Runtime API."""

"""Faults of a scan: where the microscope or the stitching went wrong, not the rock."""

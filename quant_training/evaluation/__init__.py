"""Figures of trained networks: metrics, tables, plots."""

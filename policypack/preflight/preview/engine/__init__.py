"""Pulumi's ResourceMonitor and Engine protocols, as the embedded engine answers them."""

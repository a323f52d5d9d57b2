"""Terraform: from files to modules and their instances, resources, and what rules need of them."""

"""Settings of applications: from the files of a module to the value that takes effect in a profile."""

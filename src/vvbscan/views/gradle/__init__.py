"""Projects of Gradle: what their scripts, catalogs and properties declare."""

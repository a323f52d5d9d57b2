"""Views: what many rules need of a format, as typed records and subjects. Resolution happens here."""

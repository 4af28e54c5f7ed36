"""As `Intl.DateTimeFormat` has them, medium dates and short times."""

DATE_FORMAT = "d.m.Y"
TIME_FORMAT = "H:i"
DATETIME_FORMAT = "d.m.Y, H:i"

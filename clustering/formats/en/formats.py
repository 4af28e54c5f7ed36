"""As `Intl.DateTimeFormat` has them, medium dates and short times."""

DATE_FORMAT = "M j, Y"
TIME_FORMAT = "g:i A"
DATETIME_FORMAT = "M j, Y, g:i A"

"""What tells whether a job lives, and the rows that are compared with it, take the database's time."""

from django.db import migrations, models
from django.db.models.functions import Now


class Migration(migrations.Migration):
    dependencies = [("clustering", "0017_reading_languages")]

    operations = [
        migrations.AlterField("job", "created", models.DateTimeField(db_default=Now(), editable=False)),
        migrations.AlterField("job", "heartbeat", models.DateTimeField(db_default=Now())),
        migrations.AlterField("jobproblem", "created", models.DateTimeField(db_default=Now(), editable=False)),
        migrations.AlterField("page", "created", models.DateTimeField(db_default=Now(), editable=False)),
        migrations.AlterField("upload", "created", models.DateTimeField(db_default=Now(), editable=False)),
        migrations.AlterField(
            "upload",
            "touched",
            models.DateTimeField(db_default=Now(), help_text="When the last piece came in."),
        ),
    ]

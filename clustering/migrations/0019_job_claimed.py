"""A message may come twice; only one of two workers may take the slice it is for."""

from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("clustering", "0018_jobs_by_database_clock")]

    operations = [
        migrations.AddField(
            "job",
            "claimed",
            models.PositiveIntegerField(
                null=True,
                help_text="The slice that a worker took last; where it is not the present one, that waits its turn.",
            ),
        ),
    ]

"""Number a job's slices, so that a message delivered twice cannot start a second chain of slices."""

from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("clustering", "0003_roles")]
    operations = [
        migrations.AddField(
            model_name="job",
            name="slices",
            field=models.PositiveIntegerField(
                default=0,
                help_text="Slices finished or given up. A message names the slice it is for; any other is void.",
            ),
        ),
    ]

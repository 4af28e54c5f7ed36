"""One spelling of canceled."""

from django.db import migrations, models


class Migration(migrations.Migration):
    """A label alone; what is stored stays."""

    dependencies = [("clustering", "0024_messages_and_times_by_name")]

    operations = [
        migrations.AlterField(
            model_name="job",
            name="state",
            field=models.CharField(
                choices=[
                    ("queued", "queued"),
                    ("running", "running"),
                    ("done", "done"),
                    ("failed", "failed"),
                    ("cancelled", "canceled"),
                ],
                default="queued",
                max_length=10,
            ),
        ),
    ]

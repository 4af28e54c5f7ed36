from django.contrib.postgres.fields import ArrayField
from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [
        ("clustering", "0020_opinions"),
    ]

    operations = [
        migrations.AddField(
            model_name="group",
            name="accepted_drafts",
            field=ArrayField(
                models.CharField(max_length=20),
                blank=True,
                default=list,
                help_text="Fields that hold a draft of the machine: a person accepted it by confirming.",
                size=None,
            ),
        ),
    ]

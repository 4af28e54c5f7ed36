"""A mark on documents that an act left to be drafted right after it."""

from django.db import migrations, models


class Migration(migrations.Migration):
    """A column, and an index that finds the few that wait."""

    dependencies = [("clustering", "0020_personal_finding")]

    operations = [
        migrations.AddField(
            model_name="group",
            name="awaits_draft",
            field=models.BooleanField(
                default=False, help_text="Whether its draft is from before its pages changed, and a new one is to come."
            ),
        ),
        migrations.AddIndex(
            model_name="group",
            index=models.Index(
                condition=models.Q(("awaits_draft", True)), fields=["collection"], name="group_awaits_draft"
            ),
        ),
    ]

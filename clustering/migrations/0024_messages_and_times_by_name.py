"""Columns called after what they keep: said is a message, found a time."""

from django.db import migrations


class Migration(migrations.Migration):
    """Names alone."""

    dependencies = [("clustering", "0023_sentences_of_runs")]

    operations = [
        migrations.RenameField("edit", "said", "message"),
        migrations.RenameField("notification", "said", "message"),
        migrations.RenameField("personalfinding", "found", "found_at"),
    ]

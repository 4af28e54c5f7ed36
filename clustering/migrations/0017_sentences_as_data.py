from django.db import migrations

import clustering.wording


class Migration(migrations.Migration):
    dependencies = [("clustering", "0016_page_placeholder")]

    operations = [
        migrations.AlterField("job", "error", clustering.wording.SentenceField(blank=True)),
        migrations.AlterField(
            "jobproblem",
            "message",
            clustering.wording.SentenceField(help_text="A full sentence with the reason and the remedy."),
        ),
        migrations.AlterField(
            "notification",
            "quote",
            clustering.wording.SentenceField(
                blank=True, default="", help_text="What the other person wrote, or why a job failed."
            ),
        ),
    ]

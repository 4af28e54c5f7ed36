"""What a run warns of, why it turned pages, and why weights were taken are kept as data, for readers of every language."""

from django.db import migrations

import clustering.wording


class Migration(migrations.Migration):
    """The columns keep what they have; text without a limit costs PostgreSQL no rewrite."""

    dependencies = [("clustering", "0022_collections_have_titles")]

    operations = [
        migrations.AlterField(
            "learnedweights",
            "verdict",
            clustering.wording.SentenceField(help_text="Why it was taken or not, in a sentence."),
        ),
        migrations.AlterField("run", "warnings", clustering.wording.SentencesField(default=list)),
        migrations.AlterField("rungroup", "order_reason", clustering.wording.SentenceField(blank=True)),
    ]

"""Live probabilities are rewritten in place: an answer at 5,000 pages writes most of them."""

from __future__ import annotations

from django.db import migrations

TABLE = "clustering_livescore"


class Migration(migrations.Migration):
    dependencies = [
        ("clustering", "0028_acts_verbs"),
    ]

    operations = [
        migrations.RemoveIndex(model_name="livescore", name="live_score_by_version"),
        migrations.RunSQL(
            f"ALTER TABLE {TABLE} SET (fillfactor = 50)",
            f"ALTER TABLE {TABLE} RESET (fillfactor)",
        ),
    ]

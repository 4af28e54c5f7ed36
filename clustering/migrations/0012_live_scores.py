import django.db.models.deletion
from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("clustering", "0011_page_label")]

    operations = [
        migrations.AddField(
            model_name="run",
            name="weighing",
            field=models.JSONField(
                default=dict,
                help_text="How its decoder weighed seams, to decode parts again: {temperature, lengths, tail, "
                "anchors}; anchors are positions of pages that surely end a document.",
            ),
        ),
        migrations.AddField(
            model_name="seamscore",
            name="odds",
            field=models.FloatField(
                blank=True,
                help_text="Log-odds by the evidence of this seam alone; empty where there was none.",
                null=True,
            ),
        ),
        migrations.CreateModel(
            name="LiveScore",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("probability", models.FloatField(help_text="That a document ends after this page.")),
                (
                    "sequence",
                    models.PositiveBigIntegerField(help_text="The collection's version at which it last changed."),
                ),
                (
                    "page",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="live_scores",
                        to="clustering.page",
                    ),
                ),
                (
                    "run",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="live_seams",
                        to="clustering.run",
                    ),
                ),
            ],
            options={
                "indexes": [models.Index(fields=["run", "sequence"], name="live_score_by_version")],
                "constraints": [
                    models.UniqueConstraint(fields=("run", "page"), name="live_score_once_per_run"),
                    models.CheckConstraint(
                        condition=models.Q(("probability__gte", 0), ("probability__lte", 1)),
                        name="live_score_is_a_probability",
                    ),
                ],
            },
        ),
    ]

"""What a person chose is `chosen_rotation`, in the table of pages and in what the history keeps of them."""

from django.db import migrations, models

RENAME = """
UPDATE clustering_edit SET {side} = (
    SELECT jsonb_agg(
        CASE WHEN entry ? '{old}' THEN jsonb_build_object('{new}', entry -> '{old}') ELSE entry END ORDER BY place
    )
    FROM jsonb_array_elements({side}) WITH ORDINALITY AS entries(entry, place)
)
WHERE {side} @> '[{{"{old}": []}}]'
"""


def renamed_in_snapshots(old: str, new: str) -> list[str]:
    """Return the statements that rename a key of the entries that edits keep."""
    return [RENAME.format(side=side, old=old, new=new) for side in ("before", "after")]


class Migration(migrations.Migration):
    dependencies = [("clustering", "0030_redrafted")]

    operations = [
        migrations.RemoveConstraint("page", "page_turn_is_a_quarter_turn"),
        migrations.RenameField("page", "turn", "chosen_rotation"),
        migrations.AlterField(
            "page",
            "chosen_rotation",
            models.PositiveSmallIntegerField(
                blank=True, help_text="Degrees clockwise, as chosen by a person. Empty: as found by OCR.", null=True
            ),
        ),
        migrations.AddConstraint(
            "page",
            models.CheckConstraint(
                condition=models.Q(
                    ("chosen_rotation__isnull", True), ("chosen_rotation__in", [0, 90, 180, 270]), _connector="OR"
                ),
                name="page_rotation_is_a_quarter_turn",
            ),
        ),
        migrations.RunSQL(renamed_in_snapshots("turns", "rotations"), renamed_in_snapshots("rotations", "turns")),
    ]

from django.apps.registry import Apps
from django.db import migrations, models
from django.db.backends.base.schema import BaseDatabaseSchemaEditor


def name_by_short_names(apps: Apps, schema_editor: BaseDatabaseSchemaEditor) -> None:
    collections = apps.get_model("clustering", "Collection").objects.filter(title__regex=r"^\s*$")
    collections.update(title=models.F("slug"))


class Migration(migrations.Migration):
    dependencies = [
        ("clustering", "0021_awaits_draft"),
    ]

    operations = [migrations.RunPython(name_by_short_names, migrations.RunPython.noop)]

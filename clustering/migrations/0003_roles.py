"""The two roles below staff: viewers look, archivists edit."""

from django.db import migrations


def make_roles(apps, schema_editor):
    role = apps.get_model("auth", "Group")
    for name in ("viewers", "archivists"):
        role.objects.get_or_create(name=name)


class Migration(migrations.Migration):
    dependencies = [
        ("clustering", "0002_page_group_of_its_collection"),
        ("auth", "0012_alter_user_first_name_max_length"),
    ]
    operations = [migrations.RunPython(make_roles, migrations.RunPython.noop)]

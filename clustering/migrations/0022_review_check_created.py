from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [
        ("clustering", "0021_accepted_drafts"),
    ]

    operations = [
        migrations.AlterField(
            model_name="reviewcheck",
            name="created",
            field=models.DateTimeField(auto_now_add=True),
        ),
    ]

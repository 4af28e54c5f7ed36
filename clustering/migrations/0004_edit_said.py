from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("clustering", "0003_teams")]

    operations = [
        migrations.AddField(
            model_name="edit",
            name="said",
            field=models.JSONField(help_text="The same as data, for readers of every language.", null=True),
        ),
    ]

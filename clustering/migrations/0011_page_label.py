from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("clustering", "0010_api_token")]

    operations = [
        migrations.AddField(
            model_name="page",
            name="label",
            field=models.CharField(
                blank=True, default="", help_text="What its source calls it, e.g. “12v”.", max_length=200
            ),
        ),
    ]

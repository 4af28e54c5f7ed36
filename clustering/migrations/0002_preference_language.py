from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("clustering", "0001_initial")]

    operations = [
        migrations.AddField(
            model_name="preference",
            name="language",
            field=models.CharField(blank=True, default="", help_text="Empty: as the browser asks for.", max_length=10),
        ),
    ]

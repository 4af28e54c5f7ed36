from django.db import migrations, models
from django.db.models import F, Q


class Migration(migrations.Migration):
    dependencies = [("clustering", "0013_review_check")]

    operations = [
        migrations.AddField(
            model_name="group",
            name="copy_of",
            field=models.PositiveBigIntegerField(
                blank=True, help_text="Number of the group of which this is another copy.", null=True
            ),
        ),
        migrations.AddConstraint(
            model_name="group",
            constraint=models.CheckConstraint(
                condition=Q(copy_of__isnull=True) | ~Q(copy_of=F("number")), name="group_is_no_copy_of_itself"
            ),
        ),
        migrations.AddField(
            model_name="preference",
            name="tour_seen",
            field=models.DateTimeField(blank=True, help_text="When the first tour of the desk was closed.", null=True),
        ),
    ]

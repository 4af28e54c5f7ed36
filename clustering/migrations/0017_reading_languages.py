"""Pages are read in languages of the operator's choice, and their text is searched in the language of the reading."""

import django.contrib.postgres.indexes
import django.contrib.postgres.search
from django.contrib.postgres.search import SearchVector
from django.db import migrations, models
from django.db.models import Case, Q, Value, When

import clustering.models.collection

PLAIN = "simple"
CONFIGS = (
    "arabic", "armenian", "basque", "catalan", "danish", "dutch", "english", "finnish", "french", "german", "greek",
    "hindi", "hungarian", "indonesian", "irish", "italian", "lithuanian", "nepali", "norwegian", "portuguese",
    "romanian", "russian", "serbian", "spanish", "swedish", "tamil", "turkish", "yiddish",
)  # fmt: skip
TOLD_BY_NOW = {"es": "spanish", "fr": "french", "de": "german", "it": "italian", "pt": "portuguese", "nl": "dutch"}
"""Languages that readings could be in until now; everything else was read as English."""


def choose_configs(apps, schema_editor):
    """Search what was read so far in the language it was found to be in."""
    readings = apps.get_model("clustering", "Reading").objects.using(schema_editor.connection.alias)
    told = [When(language=language, then=Value(config)) for language, config in TOLD_BY_NOW.items()]
    readings.filter(language__in=TOLD_BY_NOW).update(search_config=Case(*told))


class Migration(migrations.Migration):
    dependencies = [("clustering", "0016_sign_in_brake")]

    operations = [
        migrations.AddField(
            model_name="collection",
            name="ocr_language",
            field=models.CharField(
                "OCR language",
                blank=True,
                default="",
                help_text="Tesseract's code of the language the pages are read in, e.g. deu; several with a plus, the "
                "main one first: deu+eng. Blank uses the installation's.",
                max_length=100,
                validators=[clustering.models.collection.check_languages],
            ),
        ),
        migrations.AddField(
            model_name="reading",
            name="ocr_language",
            field=models.CharField(
                default="eng",
                help_text="In which languages it was read, in Tesseract's codes: deu+eng.",
                max_length=100,
            ),
        ),
        migrations.AddField(
            model_name="reading",
            name="search_config",
            field=models.CharField(
                default="english",
                help_text="PostgreSQL's text search configuration by which its words are found.",
                max_length=20,
            ),
        ),
        migrations.AlterField(
            model_name="reading",
            name="language",
            field=models.CharField(
                blank=True, help_text="ISO 639-1 code of what was read, where it tells.", max_length=8
            ),
        ),
        migrations.RemoveIndex(model_name="reading", name="reading_search"),
        migrations.RemoveField(model_name="reading", name="search"),
        migrations.RunPython(choose_configs, migrations.RunPython.noop),
        migrations.AddField(
            model_name="reading",
            name="search",
            field=models.GeneratedField(
                db_persist=True,
                expression=Case(
                    *(When(search_config=name, then=SearchVector("text", config=name)) for name in CONFIGS),
                    default=SearchVector("text", config=PLAIN),
                ),
                output_field=django.contrib.postgres.search.SearchVectorField(),
            ),
        ),
        migrations.AddIndex(
            model_name="reading",
            index=django.contrib.postgres.indexes.GinIndex(fields=["search"], name="reading_search"),
        ),
        migrations.AddConstraint(
            model_name="reading",
            constraint=models.CheckConstraint(
                condition=Q(search_config__in=(PLAIN, *CONFIGS)), name="reading_search_config_is_known"
            ),
        ),
    ]

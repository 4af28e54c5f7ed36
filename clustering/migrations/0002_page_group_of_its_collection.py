"""A page's group belongs to the page's own collection: a foreign key over both columns, which Django cannot spell."""

from django.db import migrations

FORWARD = """
ALTER TABLE clustering_group ADD CONSTRAINT group_with_its_collection UNIQUE (id, collection_id);
ALTER TABLE clustering_page ADD CONSTRAINT page_group_is_of_its_collection
    FOREIGN KEY (group_id, collection_id) REFERENCES clustering_group (id, collection_id)
    DEFERRABLE INITIALLY DEFERRED;
"""
BACKWARD = """
ALTER TABLE clustering_page DROP CONSTRAINT page_group_is_of_its_collection;
ALTER TABLE clustering_group DROP CONSTRAINT group_with_its_collection;
"""


class Migration(migrations.Migration):
    dependencies = [("clustering", "0001_initial")]
    operations = [migrations.RunSQL(FORWARD, BACKWARD)]

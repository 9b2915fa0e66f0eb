"""Why people of a read audience were refused is counted by the run that brought them."""

from django.db import migrations

# Only refusals of a run are in it: what else is refused costs nothing more.
OF_A_RUN = """
CREATE INDEX engine_discard_of_run ON engine_discard ((details -> 'run'), at) WHERE (details -> 'run') IS NOT NULL;
"""


class Migration(migrations.Migration):
    dependencies = [("engine", "0016_cancelled_imports")]

    operations = [migrations.RunSQL(OF_A_RUN, "DROP INDEX engine_discard_of_run")]

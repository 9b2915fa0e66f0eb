"""What turns of workers came to, minute by minute."""

from django.db import migrations, models


class Migration(migrations.Migration):

    dependencies = [
        ('engine', '0017_refusals_of_a_run'),
    ]

    operations = [
        migrations.CreateModel(
            name='Work',
            fields=[
                ('pk', models.CompositePrimaryKey('minute', 'writer', blank=True, editable=False, primary_key=True, serialize=False)),
                ('minute', models.DateTimeField()),
                ('writer', models.IntegerField(help_text='The worker, by a number that it drew.')),
                ('turns', models.BigIntegerField(default=0)),
                ('taken', models.BigIntegerField(default=0, help_text='Events, moments and answers.')),
                ('steps', models.BigIntegerField(default=0)),
                ('claim', models.FloatField(default=0)),
                ('load', models.FloatField(default=0)),
                ('decide', models.FloatField(default=0)),
                ('write', models.FloatField(default=0)),
                ('commit', models.FloatField(default=0)),
            ],
            options={
                'db_table': 'engine_work',
            },
        ),
    ]

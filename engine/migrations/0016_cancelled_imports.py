"""Imports of lists are cancelled: each knows what its list was before it."""

from django.db import migrations, models


class Migration(migrations.Migration):

    dependencies = [
        ('engine', '0015_waves'),
    ]

    operations = [
        migrations.AddField(
            model_name='audienceimport',
            name='columns_before',
            field=models.JSONField(db_default=[], default=list, help_text='What the list had before this file.'),
        ),
        migrations.AddField(
            model_name='audienceimport',
            name='namespace_before',
            field=models.CharField(blank=True, db_default='', default='', help_text='What the list had before this file.', max_length=60),
        ),
        migrations.AlterField(
            model_name='audienceimport',
            name='state',
            field=models.CharField(choices=[('waiting', 'Waiting'), ('running', 'Running'), ('done', 'Done'), ('failed', 'Failed'), ('cancelled', 'Cancelled')], default='waiting', max_length=20),
        ),
    ]

"""Alerts: what is, or was, wrong with a journey while it ran."""

import django.db.models.deletion
from django.db import migrations, models


class Migration(migrations.Migration):

    dependencies = [
        ('engine', '0019_uncertain_deliveries'),
    ]

    operations = [
        migrations.CreateModel(
            name='Alert',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('journey_id', models.BigIntegerField()),
                ('code', models.CharField(choices=[('people.late', 'People wait for the engine'), ('deliveries.late', 'Messages and calls wait for a courier'), ('version.unreadable', 'The version cannot be read'), ('results.lost', 'What came of a message or call was lost'), ('deliveries.missing', 'A message or call was never to be made'), ('deliveries.far', 'Messages and calls were put off too far'), ('people.left_behind', 'People were inside a version that is over'), ('people.wrong_moment', 'People were to be woken at a wrong moment'), ('people.nowhere', 'People waited for nothing'), ('people.held', 'People were held though nothing is paused')], max_length=40)),
                ('message', models.CharField(max_length=500)),
                ('count', models.BigIntegerField()),
                ('first_at', models.DateTimeField()),
                ('last_at', models.DateTimeField()),
                ('dismissed_at', models.DateTimeField(blank=True, null=True)),
                ('dismissed_by', models.CharField(blank=True, default='', max_length=150)),
                ('resolved_at', models.DateTimeField(blank=True, null=True)),
                ('sandbox', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='+', to='engine.sandbox')),
            ],
            options={
                'ordering': ['-last_at', '-pk'],
                'indexes': [models.Index(condition=models.Q(('resolved_at', None)), fields=['sandbox', 'journey_id'], name='engine_alert_open')],
                'constraints': [models.UniqueConstraint(condition=models.Q(('resolved_at', None)), fields=('journey_id', 'code'), name='engine_alert_one_open')],
            },
        ),
    ]

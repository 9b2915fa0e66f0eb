"""Who is still to be read in a run of a read audience, and how those who were read fared."""

from django.db import models


class ReadMember(models.Model):
    pk = models.CompositePrimaryKey("run_id", "profile_id")
    run_id = models.BigIntegerField()
    profile_id = models.BigIntegerField()
    columns = models.JSONField(null=True)

    class Meta:
        managed = False
        db_table = "engine_read_member"

    def __str__(self) -> str:
        return f"{self.profile_id} in run {self.run_id}"


class ReadCount(models.Model):
    pk = models.CompositePrimaryKey("run_id", "writer")
    run_id = models.BigIntegerField()
    writer = models.IntegerField()
    entered = models.BigIntegerField()
    refused = models.BigIntegerField()

    class Meta:
        managed = False
        db_table = "engine_read_count"

    def __str__(self) -> str:
        return f"{self.entered} entered, {self.refused} refused in run {self.run_id}"

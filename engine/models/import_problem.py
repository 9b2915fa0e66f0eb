"""A row of an uploaded file that was left out: which line, why, and whom it seemed to name."""

from django.db import models

from engine.models.audience_import import AudienceImport


class ImportProblem(models.Model):
    audience_import = models.ForeignKey(AudienceImport, on_delete=models.CASCADE, related_name="problems")
    line = models.BigIntegerField()
    code = models.CharField(max_length=30)
    message = models.TextField()
    key = models.TextField(blank=True)

    class Meta:
        ordering = ["line", "id"]
        indexes = [
            models.Index(fields=["audience_import", "line"], name="engine_import_problem_line"),
            models.Index(fields=["key"], name="engine_import_problem_key"),
        ]

    def __str__(self) -> str:
        return f"line {self.line}: {self.message}"

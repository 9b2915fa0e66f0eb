"""A namespace: the kind of an identity (Email, Phone, a customer number)."""

from django.db import models

from engine.models.sandbox import Sandbox

# Every sandbox starts with these. userId and anonymousId are what the tracking libraries send.
STANDARD = {
    "userId": "User id",
    "anonymousId": "Anonymous id",
    "Email": "E-mail address",
    "Phone": "Phone number",
    "CRMID": "Customer number",
}
ANONYMOUS = {"anonymousId"}  # names a browser or a device rather than a person


class Namespace(models.Model):
    sandbox = models.ForeignKey(Sandbox, on_delete=models.CASCADE, related_name="namespaces")
    code = models.CharField(max_length=60)
    title = models.CharField(max_length=120)
    is_people_based = models.BooleanField(default=True)

    class Meta:
        ordering = ["code"]
        constraints = [models.UniqueConstraint(fields=["sandbox", "code"], name="engine_namespace_code")]

    def __str__(self) -> str:
        return self.code

"""The addresses of the interface."""

from django.urls import path

from designer.api import (
    activities,
    email_preview,
    event_definitions,
    expressions,
    journeys,
    moves,
    people,
    profiles,
    siblings,
    versions,
)

urlpatterns = [
    path("activities/", activities.Activities.as_view(), name="api-activities"),
    path("event-definitions/", event_definitions.EventDefinitions.as_view(), name="api-event-definitions"),
    path("journeys/", journeys.Journeys.as_view(), name="api-journeys"),
    path("journeys/<int:pk>/", journeys.OneJourney.as_view(), name="api-journey"),
    path("tags/", journeys.Tags.as_view(), name="api-tags"),
    path("versions/<int:pk>/", versions.OneVersion.as_view(), name="api-version"),
    path("versions/<int:pk>/draft/", versions.Draft.as_view(), name="api-draft"),
    path("versions/<int:pk>/changes/", versions.Changes.as_view(), name="api-changes"),
    path("versions/<int:pk>/siblings/", siblings.Siblings.as_view(), name="api-siblings"),
    path("versions/<int:pk>/labels/", versions.Labels.as_view(), name="api-labels"),
    path("versions/<int:pk>/consequences/", moves.WhatIf.as_view(), name="api-consequences"),
    path("versions/<int:pk>/publish/", moves.Publish.as_view(), name="api-publish"),
    path("versions/<int:pk>/close/", moves.Close.as_view(), name="api-close"),
    path("versions/<int:pk>/pause/", moves.Pause.as_view(), name="api-pause"),
    path("versions/<int:pk>/resume/", moves.Resume.as_view(), name="api-resume"),
    path("versions/<int:pk>/attribute-exit/", moves.AttributeExit.as_view(), name="api-attribute-exit"),
    path("versions/<int:pk>/stop/", moves.Stop.as_view(), name="api-stop"),
    path("versions/<int:pk>/new-version/", moves.NewVersion.as_view(), name="api-new-version"),
    path("versions/<int:pk>/duplicate/", moves.Duplicate.as_view(), name="api-duplicate"),
    path("versions/<int:pk>/counts/", people.Counts.as_view(), name="api-counts"),
    path("versions/<int:pk>/people/", people.People.as_view(), name="api-people"),
    path("versions/<int:pk>/find-person/", people.FindPerson.as_view(), name="api-find-person"),
    path("versions/<int:pk>/step-events/", people.StepEvents.as_view(), name="api-step-events"),
    path("instances/<int:pk>/path/", people.Path.as_view(), name="api-path"),
    path("expressions/check/", expressions.CheckExpression.as_view(), name="api-check-expression"),
    path("expressions/vocabulary/", expressions.Vocabulary.as_view(), name="api-vocabulary"),
    path("expressions/rows/", expressions.ExpressionRows.as_view(), name="api-expression-rows"),
    path("expressions/preview/", expressions.PreviewExpression.as_view(), name="api-preview-expression"),
    path("email/preview/", email_preview.PreviewEmail.as_view(), name="api-email-preview"),
    path("profiles/", profiles.Profiles.as_view(), name="api-profiles"),
]

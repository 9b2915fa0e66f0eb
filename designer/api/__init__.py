"""The interface that the canvas uses: thin views, each with its serializers beside it."""

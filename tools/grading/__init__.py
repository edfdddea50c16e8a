"""Collecting, grading and giving back a class's submissions, over plain nbgrader.

``tools/grade.py`` is the command. What needs nbgrader runs in ``.venv-grading``; what runs student
code runs it with the learner's ``.venv``, in the sandbox of `grading.sandbox`.
"""

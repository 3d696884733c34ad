"""The website: notebooks become Markdown, chapters get their numbers, diagrams and quizzes, MkDocs does the rest."""

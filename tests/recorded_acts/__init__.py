"""Every act that is recorded, a line each: (its names, the subject's kind, the words of the trail, a call of it).

Each table is one small story, in order; a line may call upon what the lines before it have made (``Kept``).
"""

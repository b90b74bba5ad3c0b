# Not yet run: no container engine was at hand when this was written.
FROM debian:12-slim

RUN apt-get update \
 && DEBIAN_FRONTEND=noninteractive apt-get install -y --no-install-recommends \
    python3 python3-venv gdal-bin gettext libgl1 libglib2.0-0 \
 && rm -rf /var/lib/apt/lists/*

WORKDIR /srv/seoulcctv
COPY pyproject.toml constraints.txt README.md LICENSE ./
COPY seoulcctv seoulcctv
COPY cases cases
COPY cameras cameras
COPY analysis analysis
RUN python3 -m venv .venv && .venv/bin/pip install --no-cache-dir -c constraints.txt -e .

COPY . .
RUN msgfmt -o locale/ko/LC_MESSAGES/django.mo locale/ko/LC_MESSAGES/django.po \
 && SEOULCCTV_PRODUCTION=1 SEOULCCTV_VAR_DIR=/srv/seoulcctv/build \
    SEOULCCTV_SECRET_KEY=only-for-collecting-static-files-0123456789-0123456789 \
    .venv/bin/python manage.py collectstatic --no-input \
 && useradd --system --home /var/lib/seoulcctv --create-home seoulcctv \
 && mkdir -p /var/lib/seoulcctv && cp -r build/static /var/lib/seoulcctv/static \
 && chown -R seoulcctv /var/lib/seoulcctv

USER seoulcctv
ENV SEOULCCTV_VAR_DIR=/var/lib/seoulcctv HOST=0.0.0.0 SITE_PORT=8000
EXPOSE 8000
CMD ["script/web"]

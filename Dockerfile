# One image for the web server, the workers and the migration step; compose says which command each runs.
FROM python:3.11-slim-bookworm AS build
ENV PIP_DISABLE_PIP_VERSION_CHECK=1 PIP_NO_CACHE_DIR=1
# A further package index, for instance PyTorch's own with its builds for processors only (a far smaller image) or for
# one version of CUDA: --build-arg TORCH_INDEX=https://...
ARG TORCH_INDEX=
# Optional parts of hhreview: --build-arg EXTRAS=open-clip,s3,samples
ARG EXTRAS=open-clip,s3
RUN python -m venv /opt/hhreview
WORKDIR /src
COPY pyproject.toml setup.py constraints.txt README.md LICENSE ./
COPY hhreview hhreview
COPY clustering clustering
COPY templates templates
COPY static static
RUN /opt/hhreview/bin/pip install ${TORCH_INDEX:+--extra-index-url "$TORCH_INDEX"} -c constraints.txt ".[$EXTRAS]"

FROM python:3.11-slim-bookworm
# Languages that pages are read in beside English, by Tesseract's codes: --build-arg OCR_LANGUAGES="deu fra"
ARG OCR_LANGUAGES=
RUN if [ -n "$OCR_LANGUAGES" ]; then \
        apt-get update && apt-get install -y --no-install-recommends \
            $(for language in $OCR_LANGUAGES; do echo "tesseract-ocr-$language"; done) \
        && rm -rf /var/lib/apt/lists/*; \
    fi
RUN useradd --system --uid 10001 --create-home hhreview \
    && mkdir -p /data/media /data/cache /data/static \
    && chown -R hhreview:hhreview /data
COPY --from=build /opt/hhreview /opt/hhreview
WORKDIR /app
COPY manage.py ./
COPY hhreview hhreview
COPY clustering clustering
COPY templates templates
COPY static static
ENV PATH=/opt/hhreview/bin:$PATH \
    PYTHONUNBUFFERED=1 \
    PYTHONDONTWRITEBYTECODE=1 \
    HHREVIEW_DATA_DIR=/data \
    HHREVIEW_STATIC_ROOT=/app/staticfiles \
    HHREVIEW_COLLECTED_STATIC=1
# Static files are part of the image; the key here is for this one command and nothing else.
RUN HHREVIEW_SECRET_KEY=collecting-static-only DATABASE_URL=postgresql://nobody@nowhere/none \
    REDIS_URL=redis://nowhere python manage.py collectstatic --no-input
USER hhreview
EXPOSE 8000
CMD ["python", "-m", "hhreview.web", "--host", "0.0.0.0", "--port", "8000"]

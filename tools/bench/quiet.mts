// Imported before n8n-core, which is not to write about waits and refusals between the figures
process.env.N8N_LOG_LEVEL ??= 'silent';

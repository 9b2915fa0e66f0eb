import react from '@vitejs/plugin-react';
import { defineConfig } from 'vitest/config';

// The bundle is committed in static/designer; paths inside it are relative, so any STATIC_URL serves it.
export default defineConfig({
  base: './',
  plugins: [react()],
  build: {
    outDir: '../../static/designer',
    emptyOutDir: true,
    manifest: 'manifest.json',
    target: 'es2022',
    // light-dark() is used as it is, here as in the tokens.
    cssTarget: ['chrome123', 'edge123', 'firefox120', 'safari17.5'],
    license: { fileName: 'THIRD_PARTY_NOTICES.md' },
    chunkSizeWarningLimit: 600,
    rollupOptions: {
      input: ['src/main.tsx', 'src/audience/main.tsx'],
      output: {
        manualChunks(id: string) {
          if (/node_modules\/(@codemirror|@lezer|style-mod|w3c-keyname|crelt|@marijn)/.test(id)) return 'codemirror';
          if (/node_modules\/(@xyflow|d3-|classcat)/.test(id)) return 'flow';
          if (/node_modules\/(react|react-dom|scheduler|zustand|use-sync-external-store)\//.test(id)) return 'react';
          return undefined;
        },
      },
    },
  },
  test: { include: ['tests/**/*.test.ts'], environment: 'node' },
});

import { parentPort } from 'node:worker_threads';

parentPort?.on('message', () => parentPort?.postMessage({ ...process.env }));
parentPort?.postMessage('ready');

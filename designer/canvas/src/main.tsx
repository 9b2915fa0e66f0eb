import './styles/canvas.css';
import { createRoot } from 'react-dom/client';
import { App } from './App';
import { fillMessages } from './messages';
import { boot } from './store/boot';

fillMessages(boot.messages, boot.locale ?? 'en');
const root = document.getElementById('canvas-root');
if (root) createRoot(root).render(<App />);

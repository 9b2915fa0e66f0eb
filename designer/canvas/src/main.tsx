import './styles/canvas.css';
import { createRoot } from 'react-dom/client';
import { App } from './App';
import { fillMessages } from './messages';
import { Guard } from './shell/Guard';
import { boot } from './store/boot';

fillMessages(boot.messages, boot.locale ?? 'en');
const root = document.getElementById('canvas-root');
if (root) createRoot(root).render(<Guard about="" className="failed"><App /></Guard>);

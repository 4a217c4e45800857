namespace TorchSharp;

public static partial class torch
{
    public class Device
    {
        public DeviceType type { get; private set; } = DeviceType.CPU;
        public int index { get; private set; } = -1;

        public Device(string description)
        {
            var colon = description.IndexOf(':');
            type = Enum.Parse<DeviceType>(colon < 0 ? description : description[..colon], ignoreCase: true);
            if (colon >= 0) index = int.Parse(description[(colon + 1)..]);
        }

        public Device(string deviceType, int index = -1)
        {
            type = Enum.Parse<DeviceType>(deviceType, ignoreCase: true);
            this.index = index;
        }

        public Device(DeviceType deviceType, int index = -1)
        {
            type = deviceType;
            this.index = index;
        }

        public Device(int index)
        {
            type = DeviceType.CUDA;
            this.index = index;
        }

        public override string ToString()
        {
            var name = type.ToString().ToLowerInvariant();
            return type == DeviceType.CPU || index == -1 ? name : $"{name}:{index}";
        }

        public static implicit operator Device(string description) => new(description);
    }

    public static readonly Device CPU = new(DeviceType.CPU);
    public static readonly Device META = new(DeviceType.META);

    private static Device? _cuda;
    private static Device? _defaultDevice;

    public static Device CUDA => _cuda ??= InitializeDevice(new Device(DeviceType.CUDA));

    public static Device device(string description) => InitializeDevice(new Device(description));
    public static Device device(string deviceType, int index = -1) => InitializeDevice(new Device(deviceType, index));
    public static Device device(DeviceType deviceType, int index = -1) => InitializeDevice(new Device(deviceType, index));
    public static Device device(int index) => new(DeviceType.CUDA, index);

    public static Device get_default_device() => _defaultDevice ?? CPU;
    public static void set_default_device(Device device) => _defaultDevice = InitializeDevice(device);
    public static void set_default_device(string device) => set_default_device(new Device(device));

    /// <summary>The device itself, or the default one, after a check that this libtorch has it.</summary>
    public static Device InitializeDevice(Device? device)
    {
        device ??= get_default_device();
        InitializeDeviceType(device.type);
        return device;
    }

    public static void InitializeDeviceType(DeviceType deviceType)
    {
        if (!TryInitializeDeviceType(deviceType))
            throw new InvalidOperationException($"Torch device type {deviceType} did not initialise on the current machine.");
    }

    public static bool TryInitializeDeviceType(DeviceType deviceType) => deviceType switch
    {
        DeviceType.CPU or DeviceType.META => true,
        DeviceType.CUDA => cuda.is_available(),
        _ => false,
    };

    public static bool cuda_is_available() => cuda.is_available();

    public static bool mps_is_available() => false;

    public static class cuda
    {
        private static int? _count;

        public static int device_count() => _count ??= Native.host_cuda_count();
        public static bool is_available() => device_count() > 0;
        public static bool is_cudnn_available() => is_available() && Native.host_cudnn_available() != 0;

        /// <summary>Seeds the current GPU, as this stand-in does it: every GPU.</summary>
        public static void manual_seed(long seed) => manual_seed_all(seed);

        public static void manual_seed_all(long seed)
        {
            if (is_available()) Native.Check(Native.host_cuda_seed(seed));
        }

        public static void synchronize(Device? device = null)
        {
            InitializeDeviceType(DeviceType.CUDA);
            Native.Check(Native.host_cuda_synchronize(device?.index ?? -1));
        }
    }
}
